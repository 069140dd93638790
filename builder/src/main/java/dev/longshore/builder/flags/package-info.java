/// The flags of instructions, typed and checked.
package dev.longshore.builder.flags;
