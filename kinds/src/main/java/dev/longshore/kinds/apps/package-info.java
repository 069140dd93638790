/// The kinds of `apps`, one file each.
package dev.longshore.kinds.apps;
