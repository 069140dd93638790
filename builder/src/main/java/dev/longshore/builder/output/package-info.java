/// Where a build's result goes.
package dev.longshore.builder.output;
