/// What is Kubernetes content: kinds, admission, authorizers.
package dev.longshore.kinds;
