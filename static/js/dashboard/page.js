/**
 * The page as data: what `scoring/dashboard/page.py` builds.
 *
 * @typedef {{text: string, value: number | null, low: number | null, high: number | null, interval: string,
 *   n: number | null, people: string, deff: string, df: number | null, remark: string, reason: string}} Figure
 * @typedef {{name: string, title: string, is_in_index: boolean, score: Figure}} Standard
 * @typedef {{k: number, title: string, is_headline: boolean, headcount: Figure, intensity: Figure, breadth: Figure}} Threshold
 * @typedef {{title: string, index: Figure, rank?: number | null, best_rank?: number | null, worst_rank?: number | null}} Level
 * @typedef {{name: string, title: string, levels: Level[]}} Grouping
 * @typedef {{date: string, interviews: number}} Day
 * @typedef {{is_probability_sample: boolean, overall: Figure, standards: Standard[], thresholds: Threshold[],
 *   cities: Level[], days: Day[], groupings: Grouping[]}} Page
 */

/**
 * The data that came with the HTML, or null while there are no numbers.
 * @returns {Page | null}
 */
export function embeddedPage() {
  return JSON.parse(document.getElementById("dashboard-data")?.textContent ?? "null");
}
