/// What is stored is not what can be read: encryption at rest, as an `EncryptionConfiguration` of kube-apiserver asks
/// for it.
package dev.longshore.apiserver.encryption;
