/// Conversations with containers as remote clients hold them: exec, attach and port-forward over WebSocket and SPDY.
package dev.longshore.runtime.streaming;
