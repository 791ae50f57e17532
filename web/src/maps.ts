// What a browser adds to the page of a map; loaded by no other page.
import "./styles/atlas.css";
import { AtlasElement } from "./atlas/atlas";

customElements.define("bf-atlas", AtlasElement);
