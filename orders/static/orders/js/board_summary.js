// The board in a sentence, for those who listen: not more often than every half minute.
import { count, tenth, yuan } from "../../config/js/number.js";
import { board, fill, find, say, words } from "./board_dom.js";

const PAUSE = 30000;

export function tellSummary(now) {
  const tell = () => {
    const { frame, detail } = now();
    const isHidden = board.classList.contains("moneyless");
    const figures = { orders: count(frame.totals.orders), rate: tenth(frame.rate.s10), alerts: count(detail?.alert_count ?? 0) };
    const text = isHidden ? fill(words.summaryMoneyless, figures) : fill(words.summary, { ...figures, net: yuan(frame.totals.net_fen) });
    say(find("summary"), `${text} ${find("age-text").textContent}`);
  };
  setTimeout(tell, 2000);
  setInterval(tell, PAUSE);
}
