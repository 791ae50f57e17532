// What a browser adds to the pages of who writes; loaded by no other reader.
import "./styles/authoring.css";
import { BenchElement } from "./elements/bench";
import { BuildElement } from "./elements/build";
import { EditorElement } from "./elements/editor";
import { OrderElement } from "./elements/order";
import { refill } from "./elements/typed";

customElements.define("bf-bench", BenchElement);
customElements.define("bf-editor", EditorElement);
customElements.define("bf-build", BuildElement);
customElements.define("bf-order", OrderElement);
document.querySelectorAll<HTMLFormElement>("form[data-typed]").forEach(refill);
