/// The kinds of the core group, one file each.
package dev.longshore.kinds.core;
