/**
 * The page as data: what `scoring/dashboard/page.py` builds.
 *
 * @typedef {{text: string, value: number | null, low: number | null, high: number | null, interval: string,
 *   n: number | null, people: string, deff: string, df: number | null, remark: string, reason: string}} Figure
 * @typedef {{name: string, title: string, is_in_index: boolean, score: Figure, beside: Figure | null}} Standard
 * @typedef {{k: number, title: string, is_headline: boolean, is_chosen: boolean, headcount: Figure, intensity: Figure, breadth: Figure}} Threshold
 * @typedef {{title: string, index: Figure, rank?: number | null, best_rank?: number | null, worst_rank?: number | null}} Level
 * @typedef {{name: string, title: string, levels: Level[]}} Grouping
 * @typedef {{date: string, interviews: number}} Day
 * @typedef {{title: string, index: Figure, is_chosen: boolean}} Wave
 * @typedef {{is_probability_sample: boolean, beside: {title: string} | null, overall: Figure, standards: Standard[],
 *   thresholds: Threshold[], cities: Level[], days: Day[], groupings: Grouping[], trend: Wave[]}} Page
 */

/**
 * The data that came with the HTML, or null while there are no numbers.
 * @returns {Page | null}
 */
export function embeddedPage() {
  return JSON.parse(document.getElementById("dashboard-data")?.textContent ?? "null");
}
