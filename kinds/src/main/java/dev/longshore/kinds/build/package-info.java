/// What runs while this module is built, and never afterwards.
package dev.longshore.kinds.build;
