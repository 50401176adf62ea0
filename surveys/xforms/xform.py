"""XForm XML becomes a FormDef; what we do not support is listed, never ignored."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.logic import Action, Bind
from surveys.xforms.controls import Body
from surveys.xforms.declarations import is_attribute, read_declarations
from surveys.xforms.definition import FormDef, Group, Question
from surveys.xforms.encryption import NOT_A_KEY, is_public_key
from surveys.xforms.environments import unknown_instances
from surveys.xforms.faults import Fault, Faults, UnsupportedForm
from surveys.xforms.instance import MAX_ID
from surveys.xforms.itext import Translations, language_code
from surveys.xforms.namespaces import XF, XHTML
from surveys.xforms.own_instances import in_own_instances
from surveys.xforms.parsing import strict_parser
from surveys.xforms.roles import roles_of
from surveys.xforms.rules import path_of, read_actions, read_audit, read_binds, read_preloads
from surveys.xforms.secondary import Secondary, read_secondary
from surveys.xforms.xlsform import FormError

__all__ = ["Fault", "UnsupportedForm", "language_code", "parse_xform", "read_xform"]


def parse_xform(xml: bytes) -> FormDef:
    """The definition of an XForm made by pyxform. Raises UnsupportedForm with every fault."""
    form, faults = read_xform(xml)
    if faults:
        raise UnsupportedForm(faults)
    return form


def read_xform(xml: bytes) -> tuple[FormDef, tuple[Fault, ...]]:
    """As much of a definition as can be read, and everything that is wrong with it."""
    reader = _Reader(etree.fromstring(xml, strict_parser()))
    form = reader.form()
    return form, tuple(reader.faults)


class _Reader:
    """One pass over an XForm; faults are gathered so that the author sees all of them."""

    def __init__(self, html: etree._Element) -> None:
        self.html = html
        self.model = one(html, f"{XHTML}head/{XF}model")
        self.instance = one(self.model, f"{XF}instance/*")
        self.faults = Faults()
        self.translations = Translations(self.model, self.faults)

    def form(self) -> FormDef:
        self._check_ids()
        self._refuse_settings()
        secondary = read_secondary(self.model, self.translations, self.faults)
        actions = read_actions(self.html, self.faults)
        binds = read_binds(self.model, self.faults)
        form = FormDef(
            form_id=self.instance.get("id", ""),
            version=self.instance.get("version", ""),
            title=self.html.findtext(f"{XHTML}head/{XHTML}title", "")[:250],
            languages=self.translations.languages,
            default_language=self.translations.default_language,
            template=etree.tostring(self.instance, encoding="unicode", with_tail=False),
            children=self._children(secondary, actions),
            binds=tuple(bind for bind in binds if not is_attribute(bind.path)),
            preloads=read_preloads(self.model),
            roles={},
            lists=secondary.lists,
            files=secondary.files,
            media=self.translations.media,
            actions=tuple(action for action in actions if not is_attribute(action.path)),
            instance_name=_instance_name(binds),
            entities=read_declarations(self.model, binds),
            audit=read_audit(self.model),
        )
        form = in_own_instances(form)
        self._check_instances(form)
        if not self.faults:
            self._check_graph(form)
        return replace(form, roles=roles_of(form))

    def _check_ids(self) -> None:
        if max(len(self.instance.get(name, "")) for name in ("id", "version")) > MAX_ID:
            self.faults.add(
                "", gettext_noop("The form's id or version is longer than 249 characters.")
            )

    def _refuse_settings(self) -> None:
        for submission in self.model.findall(f"{XF}submission"):
            if submission.get("action"):
                self.faults.refuse("", "setting", "submission_url")
            key = submission.get("base64RsaPublicKey")
            if key and not is_public_key(key):
                self.faults.add("", NOT_A_KEY)
        if not any(True for _ in self.instance.iter("{*}instanceID")):
            self.faults.refuse("", "setting", "omit_instanceID")

    def _children(
        self, secondary: Secondary, actions: Iterable[Action]
    ) -> tuple[Question | Group, ...]:
        body = Body(
            binds={path_of(node): node for node in self.model.findall(f"{XF}bind")},
            translations=self.translations,
            secondary=secondary,
            filled={*(action.path for action in actions), *_defaults(self.instance)},
            faults=self.faults,
        )
        return tuple(body.children(one(self.html, f"{XHTML}body")))

    def _check_instances(self, form: FormDef) -> None:
        declared = {instance.get("id") for instance in self.model.findall(f"{XF}instance")}
        for name in sorted(unknown_instances(form) - declared):
            self.faults.add(
                "",
                gettext_noop(
                    "The form asks for a list or file `%(name)s`, which it does not have."
                ),
                name=name,
            )

    def _check_graph(self, form: FormDef) -> None:
        try:
            form.logic  # noqa: B018  (compiling it finds circles)
        except SurveyError as error:
            self.faults.add("", error.message, **error.params)


def one(node: etree._Element, path: str) -> etree._Element:
    """The element that every XForm has there. Raises FormError in one that is none."""
    found = node.find(path)
    if found is None:
        raise FormError(gettext_noop("This is not an XForm: %(path)s is missing."), path=path)
    return found


def _defaults(instance: etree._Element, path: str = "") -> Iterator[str]:
    """The paths of the values that the blank instance has."""
    here = f"{path}/{etree.QName(instance).localname}"
    if (instance.text or "").strip():
        yield here
    for child in instance.iterchildren(etree.Element):
        yield from _defaults(child, here)


def _instance_name(binds: Iterable[Bind]) -> str:
    return next((b.path for b in binds if b.calculate and b.path.endswith("/instanceName")), "")
