// What a browser adds to pages that are whole without it.
import "./styles/site.css";
import "./styles/figures.css";
import "./styles/pages.css";
import "./styles/observatories.css";
import "./styles/portraits.css";
import "./styles/print.css";
import { CheckElement } from "./elements/check";
import { ExplorerElement } from "./elements/explorer";
import { LineageElement } from "./elements/lineage";
import { MapElement } from "./elements/map";
import { PageElement } from "./elements/page";
import { PeriodElement } from "./elements/period";
import { PlaceElement, SearchElement } from "./elements/suggestions";
import { SortElement } from "./elements/sort";
import { ThemeElement } from "./elements/theme";

document.documentElement.classList.add("scripted");
customElements.define("bf-map", MapElement);
customElements.define("bf-sort", SortElement);
customElements.define("bf-period", PeriodElement);
customElements.define("bf-place", PlaceElement);
customElements.define("bf-search", SearchElement);
customElements.define("bf-lineage", LineageElement);
customElements.define("bf-theme", ThemeElement);
customElements.define("bf-check", CheckElement);
customElements.define("bf-page", PageElement);
customElements.define("bf-explorer", ExplorerElement);
