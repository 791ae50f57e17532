// What a browser adds to the pages of who writes; loaded by no other reader.
import "./styles/authoring.css";
import { BenchElement } from "./elements/bench";
import { EditorElement } from "./elements/editor";

customElements.define("bf-bench", BenchElement);
customElements.define("bf-editor", EditorElement);
