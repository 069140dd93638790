/// The container device interface: which devices of this host containers may be given, and what each asks for
/// (<https://github.com/cncf-tags/container-device-interface>, SPEC.md).
package dev.longshore.runtime.cdi;
