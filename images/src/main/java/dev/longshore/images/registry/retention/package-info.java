/// What a registry throws away by itself: tags by rule, what is left of images, and what nothing needs.
package dev.longshore.images.registry.retention;
