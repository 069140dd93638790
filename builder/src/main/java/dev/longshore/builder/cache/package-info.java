/// What earlier builds leave for later ones: steps by their keys, and the directories of cache mounts; how much of
/// both there may be.
package dev.longshore.builder.cache;
