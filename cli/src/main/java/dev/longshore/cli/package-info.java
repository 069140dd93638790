/// The commands.
package dev.longshore.cli;
