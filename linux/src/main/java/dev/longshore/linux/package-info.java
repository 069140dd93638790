/// System calls and native tools behind small interfaces.
package dev.longshore.linux;
