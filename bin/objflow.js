#!/usr/bin/env node
import { entry } from '../dist/cli/entry.js';

process.exitCode = await entry(process.argv.slice(2));
