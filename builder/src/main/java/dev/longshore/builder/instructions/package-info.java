/// What Dockerfiles can say: one file per instruction, listed in [Instructions].
package dev.longshore.builder.instructions;
