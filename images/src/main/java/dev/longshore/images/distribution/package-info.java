/// The OCI distribution protocol, from the client's side: pull and push.
package dev.longshore.images.distribution;
