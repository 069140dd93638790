/// What the status of a CustomResourceDefinition says, worked out from the definition and its neighbours.
package dev.longshore.apiserver.custom;
