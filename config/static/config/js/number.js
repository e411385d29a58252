// Figures and times as the trade writes them: `12,486`, `¥ 431,902`, `6.4`, `20:02:11` in Shanghai.
const whole = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("zh-CN", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const atMostOne = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 1 });
const clock = { timeZone: "Asia/Shanghai", hour12: false, hour: "2-digit", minute: "2-digit" };
const seconds = new Intl.DateTimeFormat("zh-CN", { ...clock, second: "2-digit" });
const minutes = new Intl.DateTimeFormat("zh-CN", clock);

export const count = (number) => whole.format(number);
export const tenth = (number) => oneDigit.format(number);
export const time = (moment) => seconds.format(new Date(moment));
export const minute = (moment) => minutes.format(new Date(moment));

// Fen to whole yuan, half up, with a thin space: the same as `{{ fen|yuan:0 }}`.
export function yuan(fen) {
  const rounded = Math.floor((Math.abs(fen) + 50) / 100);
  return `${fen < 0 && rounded ? "-" : ""}¥\u2009${whole.format(rounded)}`;
}

// Grams to 斤 (500 g): one digit behind the point below a hundred, none above.
export function jin(grams) {
  const tenths = Math.floor((grams * 10 + 250) / 500);
  return tenths < 1000 ? atMostOne.format(tenths / 10) : whole.format(Math.floor((tenths + 5) / 10));
}
