/// Base images out of the distribution's own packages, for places that reach no registry.
package dev.longshore.images.base;
