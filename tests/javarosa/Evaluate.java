import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.condition.EvaluationContext;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;
import org.javarosa.xpath.XPathParseTool;
import org.javarosa.xpath.expr.XPathFuncExpr;

/** Lines of `form TAB node TAB expression in Base64` come in; `=` and a text, or `!` and a fault, go out. */
public class Evaluate {
    private static final Map<String, FormDef> FORMS = new HashMap<>();

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err); // where JavaRosa writes what it notices
        new XFormsModule().registerModule();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] asked = line.split("\t");
            String text = new String(Base64.getDecoder().decode(asked[2]), StandardCharsets.UTF_8);
            byte[] answer = answer(asked[0], asked[1], text).getBytes(StandardCharsets.UTF_8);
            out.println(Base64.getEncoder().encodeToString(answer));
        }
    }

    private static String answer(String path, String node, String text) {
        try {
            FormDef form = form(path);
            EvaluationContext context =
                new EvaluationContext(form.getEvaluationContext(), form.getFormInstances(), reference(node));
            Object value = XPathParseTool.parseXPath(text).eval(form.getMainInstance(), context);
            return "=" + XPathFuncExpr.toString(XPathFuncExpr.unpack(value));
        } catch (Exception | LinkageError error) {
            return "!" + error.getClass().getSimpleName() + ": " + error.getMessage();
        }
    }

    /** Of a path such as `/data/member[2]/age`. */
    private static TreeReference reference(String path) {
        TreeReference reference = TreeReference.rootRef();
        for (String step : path.substring(1).split("/")) {
            String[] parts = step.split("[\\[\\]]");
            reference.add(parts[0], parts.length > 1 ? Integer.parseInt(parts[1]) - 1 : 0);
        }
        return reference;
    }

    private static FormDef form(String path) throws Exception {
        if (!FORMS.containsKey(path)) {
            FormDef form = XFormUtils.getFormFromInputStream(new FileInputStream(path));
            form.initialize(true, new InstanceInitializationFactory());
            FORMS.put(path, form);
        }
        return FORMS.get(path);
    }
}
