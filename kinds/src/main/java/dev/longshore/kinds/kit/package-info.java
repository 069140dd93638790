/// What kinds are made of: the builder, defaults, checks, columns, and the facts about the cluster.
package dev.longshore.kinds.kit;
