import { text } from 'node:stream/consumers';
import openapiTypescript, { astToString } from 'openapi-typescript';

// An OpenAPI document on standard input -> the types of a client of it on standard output.
const document = await text(process.stdin);
// What has a default may be left out of what is sent.
process.stdout.write(astToString(await openapiTypescript(document, { defaultNonNullable: false })));
