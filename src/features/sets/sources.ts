/** @file The books and papers that several features name as their source. */
export const sources = {
  wilder: "Wilder, New Concepts in Technical Trading Systems, 1978",
  murphy: "Murphy, Technical Analysis of the Financial Markets, 1999",
  appel: "Appel, Technical Analysis: Power Tools for Active Investors, 2005",
  bollinger: "Bollinger, Bollinger on Bollinger Bands, 2001",
  lane: "Lane, Technical Analysis of Stocks & Commodities 2, 1984",
  nison: "Nison, Japanese Candlestick Charting Techniques, 1991",
  raschke: "Connors and Raschke, Street Smarts, 1995",
  joanesGill: "Joanes and Gill, The Statistician 47, 1998",
  loMacKinlay: "Lo and MacKinlay, Review of Financial Studies 1, 1988",
  peng: "Peng et al., Physical Review E 49, 1994",
  campbell: "Campbell, Lo and MacKinlay, The Econometrics of Financial Markets, 1997",
  elder: "Elder, Trading for a Living, 1993 (triple screen)",
  document: "the document that names the set, with its errors put right",
} as const;
