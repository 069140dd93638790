/// Devices that pods claim: which there are, which are taken, and how claims get theirs.
package dev.longshore.scheduler.devices;
