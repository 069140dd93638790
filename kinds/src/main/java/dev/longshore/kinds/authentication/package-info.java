/// Who asks: certificates, proxies, ServiceAccount tokens, tokens of files and of webhooks.
package dev.longshore.kinds.authentication;
