/// Tokens of issuers outside, who describe themselves as OpenID Connect has it: which of them count, and what is made
/// of their claims.
package dev.longshore.kinds.authentication.oidc;
