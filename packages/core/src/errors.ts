export { categoryOf, type ErrorCategory } from './errors/category.ts';
export { type ErrorCode, errorCodes } from './errors/code.ts';
export { type ErrorDetails, type JsonValue, LatchkeyError } from './errors/latchkey-error.ts';
export { type PublicError, publicErrorOf } from './errors/public-error.ts';
