/// Asks somebody else who may do what.
package dev.longshore.kinds.authorization.webhook;
