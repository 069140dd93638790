/// Who asks: certificates and ServiceAccount tokens.
package dev.longshore.kinds.authentication;
