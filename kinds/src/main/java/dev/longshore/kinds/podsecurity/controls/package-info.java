/// The controls of the Pod Security Standards, one file each, and who of them judges a pod at a level and version.
package dev.longshore.kinds.podsecurity.controls;
