import { text } from 'node:stream/consumers';
import openapiTypescript, { astToString } from 'openapi-typescript';

// An OpenAPI document on standard input -> the types of a client of it on standard output.
const document = JSON.parse(await text(process.stdin)) as object;
process.stdout.write(astToString(await openapiTypescript(JSON.stringify(document))));
