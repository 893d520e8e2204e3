import "./page.js";
import { startActs } from "./acts.js";
import { startCopies } from "./copies.js";
import { startLive } from "./live.js";
import { startPanel } from "./panel.js";
import { startPhotos } from "./photos.js";
import { startVideos } from "./videos.js";

startActs();
startPhotos();
startPanel();
startCopies();
startVideos();
startLive();
