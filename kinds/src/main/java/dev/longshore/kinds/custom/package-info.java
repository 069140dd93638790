/// Kinds that clients define: what a CustomResourceDefinition may say, and what its resources are, made of it.
package dev.longshore.kinds.custom;
