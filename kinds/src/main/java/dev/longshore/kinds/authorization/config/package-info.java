/// Who is asked who may do what, as flags and files say it.
package dev.longshore.kinds.authorization.config;
