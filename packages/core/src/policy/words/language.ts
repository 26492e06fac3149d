/** The languages that an explanation is worded in, BCP 47. */
export type Language = 'en' | 'zh-CN' | 'ja';
