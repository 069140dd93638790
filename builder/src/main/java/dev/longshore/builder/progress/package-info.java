/// What a build tells while it works, and how that is shown.
package dev.longshore.builder.progress;
