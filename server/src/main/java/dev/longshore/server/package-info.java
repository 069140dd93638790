/// The only place that wires everything.
package dev.longshore.server;
