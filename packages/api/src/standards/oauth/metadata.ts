/**
 * What OAuth clients look up before they call (RFC 8414). Nobody is sent here to authorize anything and no token is
 * granted here: there is no authorization endpoint, no token endpoint and no grant.
 */
export const authorizationServerMetadata = (publicUrl: string) => ({
  issuer: publicUrl,
  response_types_supported: [],
  grant_types_supported: [],
  introspection_endpoint: `${publicUrl}/oauth/introspect`,
  // The names of RFC 8414, section 2: token endpoint methods and access token types together.
  introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'Bearer'],
  revocation_endpoint: `${publicUrl}/oauth/revoke`,
  revocation_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'Bearer'],
  service_documentation: `${publicUrl}/api/v1/openapi.json`,
});
