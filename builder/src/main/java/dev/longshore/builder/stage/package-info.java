/// What instructions work on: the stage that is being built, its files, the build's context and cache.
package dev.longshore.builder.stage;
