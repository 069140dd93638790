/// Binds what the node's parts need of each other.
package dev.longshore.server.node;
