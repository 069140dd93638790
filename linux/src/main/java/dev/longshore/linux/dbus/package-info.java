/// The system's message bus, as far as it takes to hear from logind that the machine goes down, and to hold that up.
package dev.longshore.linux.dbus;
