/// The OCI distribution protocol, from the registry's side.
package dev.longshore.images.registry;
