/** Values that are set when something happens, and may be overwritten by people afterwards. */

import { written } from "./answers.js";
import { elementsAt } from "./elements.js";

const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/gu;

/** The text as XML can hold it: control characters, which nobody types, are dropped. */
export const withoutControls = (text) => text.replace(CONTROLS, "");

export class Actions {
  constructor(actions, interview) {
    this.interview = interview;
    this.settings = actions.map(({ event, path, trigger, value }) => ({
      event: trigger ?? event,
      field: interview.graph.field(path),
      node: value,
    }));
  }

  /** The defaults of new instances of repeats, and of those within them. */
  begin(instances) {
    this.interview.calculate();
    for (const setting of this.of("new-repeat")) {
      for (const instance of instances.filter(({ field }) => setting.field.isWithin(field))) {
        for (const element of elementsAt(setting.field, instance)) this.set(setting, element);
      }
    }
  }

  /**
   * What another answer triggers, and what that triggers in turn. Each action sets each target once,
   * so that circles come to an end.
   */
  trigger(element, fired = new Set()) {
    for (const setting of this.of(element.field.path)) {
      this.interview.settle();
      const targets = elementsAt(setting.field, shared(element, setting.field)).filter((target) => {
        const key = `${this.settings.indexOf(setting)} ${target.place}`;
        return !fired.has(key) && fired.add(key);
      });
      for (const target of targets.filter((one) => this.set(setting, one))) {
        this.interview.settle();
        this.trigger(target, fired);
      }
    }
  }

  /** The actions of an event, of "changed" by the path of the trigger. */
  of(event) {
    return this.settings.filter((setting) => setting.event === event);
  }

  /** Give an element its value; whether it is another one. */
  set(setting, element) {
    const { interview } = this;
    const value = setting.node ? interview.evaluate(setting, element) : "";
    const text = withoutControls(written(value, setting.field.type, interview.environment.zone));
    return interview.answer(element, text);
  }
}

/** The element nearest to another one in which both it and a field are. */
const shared = (element, field) => (field.isWithin(element.field) ? element : shared(element.parent, field));
