/// Rules that writes must pass, one file each.
package dev.longshore.kinds.admission;
