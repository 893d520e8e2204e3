import "./page.js";
import { startActs } from "./acts.js";
import { startLive } from "./live.js";
import { startPanel } from "./panel.js";
import { startPhotos } from "./photos.js";

startActs();
startPhotos();
startPanel();
startLive();
