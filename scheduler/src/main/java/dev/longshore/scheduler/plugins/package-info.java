/// The scheduling rules, one file each; `Profiles` lists them.
package dev.longshore.scheduler.plugins;
